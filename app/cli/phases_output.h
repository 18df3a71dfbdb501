// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/phases.h"

namespace exitscope {

// `alignments` are those of the phases.
void writePhases(Output &output, ReportFormat format, const Recording &recording,
    std::span<const GuestAlignment> alignments, const std::vector<Phase> &phases);

} // namespace exitscope
