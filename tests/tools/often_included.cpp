// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/often_included.h"
