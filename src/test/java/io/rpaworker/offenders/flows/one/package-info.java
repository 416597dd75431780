/** A flow that knows its sibling. */
@NullMarked
package io.rpaworker.offenders.flows.one;

import org.jspecify.annotations.NullMarked;
