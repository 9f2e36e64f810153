"""The plug-in system: how service modules are declared, found, checked, enabled, migrated and called."""
