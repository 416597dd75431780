/** What is handed a record in a benchmark, the same for every contender; it becomes a handler jar for the worker. */
@NullMarked
package io.rpaworker.bench.handler;

import org.jspecify.annotations.NullMarked;
