"""Every test of this repository stands on the plug-in that authors of service modules use."""

pytest_plugins = ("citizen_app.toolkit.testing",)
