"""`/api/v1/services/hospital`: finding for anyone, bookings for citizens, the desk and the office for staff
of a hospital; the FHIR facade for other systems."""

from services.hospital.routes import citizens, desk, fhir, letters, office, partners, public, results

BLUEPRINTS = (
    public.public,
    citizens.mine,
    desk.desk,
    office.office,
    results.mine,
    letters.mine,
    letters.desk,
    partners.intake,
    *fhir.BLUEPRINTS,
)
