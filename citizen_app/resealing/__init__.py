"""What older field keys have sealed is sealed anew with the newest: then they can leave the settings."""
