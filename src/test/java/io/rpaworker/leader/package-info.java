/** Tests of the leadership, on a real PostgreSQL. */
@NullMarked
package io.rpaworker.leader;

import org.jspecify.annotations.NullMarked;
