// The one style sheet of our pages. Not a public header.
#pragma once
#include "libexchange/report/html.h"

namespace exchange::report {
extern const Literal kStyle;
}
