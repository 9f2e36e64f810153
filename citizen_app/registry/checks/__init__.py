"""What is checked of a module before the application starts: isolation is not asked for, it is tested.

Each rule is a function whose name is the rule's: `service_id` finds `[service-id]`.
"""

from citizen_app.registry.checks.running import check_module, check_package, rule_names

__all__ = ["check_module", "check_package", "rule_names"]
