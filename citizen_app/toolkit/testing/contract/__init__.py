"""What every service module must hold to, as tests. An author has them all by one line in one file of the
module's tests:

    from citizen_app.toolkit.testing.contract import *

They run on the module in whose folder that file is, alone in a fresh city, where its statements matter on
SQLite and on PostgreSQL.
"""

from citizen_app.toolkit.testing.contract.data import (
    test_a_seed_is_harmless_to_repeat,
    test_migrations_go_up_and_down_and_up_again,
    test_no_row_names_a_citizen,
    test_settings_keep_their_limits,
)
from citizen_app.toolkit.testing.contract.life import (
    test_background_work_is_harmless_to_repeat,
    test_commands_explain_themselves,
    test_it_is_well_before_and_after_it_has_data,
    test_it_is_what_the_checks_expect,
    test_the_entry_shows_it_in_both_languages,
    test_what_is_switched_off_rests_and_keeps_its_data,
)
from citizen_app.toolkit.testing.contract.pages import (
    test_forms_are_taken_from_its_own_pages_only,
    test_pages_of_a_service_that_is_off_say_so,
    test_pages_of_citizens_ask_who_is_there,
    test_pages_of_operators_open_for_them_only,
    test_pages_open_in_both_languages,
    test_the_entry_leads_to_its_pages,
)
from citizen_app.toolkit.testing.contract.rights import (
    test_a_copy_and_an_erasure_reach_every_table_that_names_people,
    test_who_has_used_it_has_a_copy_and_can_be_forgotten,
)
from citizen_app.toolkit.testing.contract.routes import (
    test_administrators_see_nothing_of_it,
    test_an_id_of_nobody_is_not_found,
    test_nobody_calls_a_route_of_others,
    test_operators_of_other_services_stay_outside,
    test_partners_keep_to_their_service_and_their_scopes,
    test_routes_answer_those_for_whom_they_are,
    test_routes_are_documented,
)
from citizen_app.toolkit.testing.contract.scans import (
    test_a_lost_answer_is_given_again_and_nothing_happens_twice,
    test_a_scan_that_is_uploaded_later_is_recorded,
    test_context_that_is_not_declared_is_refused,
    test_every_purpose_is_decided,
    test_it_knows_a_citizen_by_a_reference_of_its_own,
)

__all__ = [
    "test_a_copy_and_an_erasure_reach_every_table_that_names_people",
    "test_a_lost_answer_is_given_again_and_nothing_happens_twice",
    "test_a_scan_that_is_uploaded_later_is_recorded",
    "test_a_seed_is_harmless_to_repeat",
    "test_administrators_see_nothing_of_it",
    "test_an_id_of_nobody_is_not_found",
    "test_background_work_is_harmless_to_repeat",
    "test_commands_explain_themselves",
    "test_context_that_is_not_declared_is_refused",
    "test_every_purpose_is_decided",
    "test_forms_are_taken_from_its_own_pages_only",
    "test_it_is_well_before_and_after_it_has_data",
    "test_it_is_what_the_checks_expect",
    "test_it_knows_a_citizen_by_a_reference_of_its_own",
    "test_migrations_go_up_and_down_and_up_again",
    "test_no_row_names_a_citizen",
    "test_nobody_calls_a_route_of_others",
    "test_operators_of_other_services_stay_outside",
    "test_pages_of_a_service_that_is_off_say_so",
    "test_pages_of_citizens_ask_who_is_there",
    "test_pages_of_operators_open_for_them_only",
    "test_pages_open_in_both_languages",
    "test_partners_keep_to_their_service_and_their_scopes",
    "test_routes_answer_those_for_whom_they_are",
    "test_routes_are_documented",
    "test_settings_keep_their_limits",
    "test_the_entry_leads_to_its_pages",
    "test_the_entry_shows_it_in_both_languages",
    "test_what_is_switched_off_rests_and_keeps_its_data",
    "test_who_has_used_it_has_a_copy_and_can_be_forgotten",
]
