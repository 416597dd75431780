/** The endpoints as an operator sees them: over HTTP, from the whole application on a real PostgreSQL. */
@NullMarked
package io.rpaworker.ops;

import org.jspecify.annotations.NullMarked;
