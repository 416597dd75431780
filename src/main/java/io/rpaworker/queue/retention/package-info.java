/** Deletes what is terminal and old enough. */
@NamedInterface("retention")
@NullMarked
package io.rpaworker.queue.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
