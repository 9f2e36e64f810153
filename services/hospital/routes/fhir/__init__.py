"""The facade for other systems: HL7 FHIR R4 (4.0.1) with the operations of IHE ITI Scheduling, below
`/api/v1/services/hospital/fhir`. A partner's key is of one hospital; `metadata` and the numbers that are free
online are for anyone."""

from services.hospital.routes.fhir.views import anyone, bookings, schedules

BLUEPRINTS = (anyone, schedules, bookings)
