// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include "model/clock/alignment.h"

namespace exitscope {

// The array of the manual's "sync": an object for each guest.
QByteArray syncJson(const Recording &recording, const Alignments &alignments);

} // namespace exitscope
