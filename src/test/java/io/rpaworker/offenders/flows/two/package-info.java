/** A flow that knows its sibling. */
@NullMarked
package io.rpaworker.offenders.flows.two;

import org.jspecify.annotations.NullMarked;
