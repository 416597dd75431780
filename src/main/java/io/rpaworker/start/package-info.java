/**
 * The program's first step, compiled for the oldest Java that the jar's own loader runs on: an older Java than the
 * worker needs is told so in a line. Knows the worker by name only, since that compiler cannot read it.
 */
@NullMarked
package io.rpaworker.start;

import org.jspecify.annotations.NullMarked;
