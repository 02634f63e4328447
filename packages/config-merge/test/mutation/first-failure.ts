import * as fc from 'fast-check';

// A mutant is dead with the first failure; looking for a smaller one would take most of the time.
fc.configureGlobal({ endOnFailure: true });
