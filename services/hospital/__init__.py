"""Hospital booking (预约挂号): numbers of doctors and departments, from their release to the visit."""
