/** Tests of the whole: what holds between the packages. */
@NullMarked
package io.rpaworker;

import org.jspecify.annotations.NullMarked;
