/** Tests of the worker: the real application on a real PostgreSQL. */
@NullMarked
package io.rpaworker.worker;

import org.jspecify.annotations.NullMarked;
