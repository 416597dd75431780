/** Makes records pending again that nobody will settle any more, and those whose next attempt is due. */
@NamedInterface("recovery")
@NullMarked
package io.rpaworker.queue.recovery;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
