/** The container image, as far as it can be tried without an engine. */
@NullMarked
package io.rpaworker.image;

import org.jspecify.annotations.NullMarked;
