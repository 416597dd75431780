/** Failed records in an operator's hands: list, group, retry, purge. */
@NamedInterface("deadletter")
@NullMarked
package io.rpaworker.queue.deadletter;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
