/** Adds records to the queue, in bulk, having refused what could not be read again. */
@NamedInterface("intake")
@NullMarked
package io.rpaworker.queue.intake;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
