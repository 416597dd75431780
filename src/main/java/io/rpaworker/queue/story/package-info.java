/** What is known of single records, and of what is under way. */
@NamedInterface("story")
@NullMarked
package io.rpaworker.queue.story;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
