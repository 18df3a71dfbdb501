// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "app/cli/json_writer.h"
#include "model/causes/findings.h"

namespace exitscope {

// A section of the report; empty without findings.
QString findingsText(const Recording &recording, const std::vector<Finding> &findings);
// The member "findings" of the object that is open.
void addFindings(JsonWriter &json, const Recording &recording, const std::vector<Finding> &findings);

} // namespace exitscope
