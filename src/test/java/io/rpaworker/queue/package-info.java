/** Tests of the queue, on a real PostgreSQL. */
@NullMarked
package io.rpaworker.queue;

import org.jspecify.annotations.NullMarked;
