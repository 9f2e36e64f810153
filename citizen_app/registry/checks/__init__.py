"""Static and dynamic checks of a module before the application starts; they enforce isolation.

Each rule is a function whose name is the rule's: `service_id` finds `[service-id]`.
"""

from citizen_app.registry.checks.running import check_module, check_package, rule_names

__all__ = ["check_module", "check_package", "rule_names"]
