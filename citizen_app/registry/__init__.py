"""The plug-in machinery: what a service module is, how it is found, checked, enabled, migrated and called."""
