/** What the queue's table looks like, compared with what the migrations make of it, and how much room its ids have. */
@NamedInterface("shape")
@NullMarked
package io.rpaworker.queue.shape;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
