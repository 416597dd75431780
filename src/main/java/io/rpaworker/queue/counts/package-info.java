/** How many records there are, without counting them, and what keeps their table from being cleaned up. */
@NamedInterface("counts")
@NullMarked
package io.rpaworker.queue.counts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
