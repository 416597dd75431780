/** The chart, rendered by Helm itself. */
@NullMarked
package io.rpaworker.helm;

import org.jspecify.annotations.NullMarked;
