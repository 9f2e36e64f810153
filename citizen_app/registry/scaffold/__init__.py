"""New services: the template copied under another name, into the folder of services or into a package of its
own."""
