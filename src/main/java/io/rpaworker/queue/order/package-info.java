/** Single records in an operator's hands: cancel, postpone, run now. */
@NamedInterface("order")
@NullMarked
package io.rpaworker.queue.order;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
