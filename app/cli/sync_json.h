// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include "app/cli/json_writer.h"
#include "model/clock/alignment.h"

namespace exitscope {

// The members of such an object.
void addSync(JsonWriter &json, const Recording &recording, const GuestAlignment &alignment);

// The array of the manual's "sync": an object for each guest.
QByteArray syncJson(const Recording &recording, const Alignments &alignments);

} // namespace exitscope
