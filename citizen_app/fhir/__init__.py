"""HL7 FHIR R4 (4.0.1) for services: searches and reads, Bundles, OperationOutcomes, the CapabilityStatement,
data types as schemas, and reading what other systems send. What a resource stands for is the service's."""
