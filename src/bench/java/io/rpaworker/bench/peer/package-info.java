/** The Java peers' processes, with the best settings that were found for them. */
@NullMarked
package io.rpaworker.bench.peer;

import org.jspecify.annotations.NullMarked;
