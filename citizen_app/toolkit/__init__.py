"""The only package of the core that a service module may import.

Stability: names in the `__all__` of these modules keep their meaning as long as `TOOLKIT_API` keeps its
number. Adding a name or an optional field does not change the number; removing or changing one does,
announced two minor releases ahead in the change notes. Anything not in an `__all__` may change at any time.

    contract   the descriptor: ServiceModule, Purpose, Act, Notice, Scope, Field, DetailCode,
               OfflinePolicy, Text
    scan       what a scan shows and what it may answer: Scan, Allow, Refuse, NeedsInput, check_budget
    data       own tables: Model, Id, Json, UtcDateTime, SealedText, session, new_id, first_id_at, upsert;
               cached values: CachedValue, invalidate
    web        own routes: service_blueprint, audiences, Problem, current citizen and kiosk, keyset pages,
               idempotent writes
    links      shared_link, public_address: addresses that leave this server and open without a sign-in
    files      files that people hand in: lists and archives within limits, the report of an import; CSV that
               leaves: csv_file
    documents  PDFs with Chinese text, files for calendars (iCalendar), checked_pdf: PDFs that are handed in
    claims     what is true of citizens: the catalogue; grant and end, for services that issue claims
    people     known by phone or document before they are met: contact_ref, identity_ref,
               PhoneOrDocumentSchema, calling_citizen, masks
    looks      looked: whoever was shown to somebody finds it
    marks      caller_marks: which bookings came from one account or one network, as keyed hashes
    rights     export_for and erase_for: Kept, rows_of
    notices    send: words to a citizen outside of a request of theirs
    usage      note, correct: what is done without a scan, in the citizen's own log
    kiosks     the service's own kiosks
    booking    places that are never oversold, waiting lists, strikes, appeals, policies, life cycles,
               timetables, workdays
    queueing   queues of people who have come (叫号): numbers, calling, the call screen of staff, the wall
    fhir       HL7 FHIR R4: a facade of declared types of resource, and what other systems send
    searching  Typed: names found by Chinese, pinyin and English, typed in part
    settings   service_settings: the settings in force, for jobs, commands and routes
    time       now, rfc3339, the city's time zone
    jobs       background work: Job
    tasks      long work that staff start: Task, FileRule, TaskProgress, TaskReport
    commands   command line: group, unit of work, progress
    seeding    demo data: Seed, SeedKiosk, DemoCity
    testing    for tests only (`citizen-app[testing]`): a city around the module, and the contract as tests

`services/README.md` makes a service in ten steps; `flask --app wsgi services check` says what breaks the
contract.
"""

from citizen_app.registry.contract import TOOLKIT_API

__all__ = ["TOOLKIT_API"]
