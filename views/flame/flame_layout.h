// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

#include <memory>
#include <vector>

#include "model/causes/folded_stacks.h"
#include "model/session/live_accounts.h"
#include "views/chart/chart.h"

// What a flame graph shows and where, without a widget (manual "Flame graph").
namespace exitscope {

// How it is looked at.
struct FlameOptions {
    std::vector<AccountKey> keys = {}; // empty: firstFlameKeys()
    std::vector<KeyValue> zoom = {}; // down to the frame that has the whole width; of the guests that are known now
    QString search = {}; // frames with it in their name stand out
    std::shared_ptr<const GuestSymbols> symbols = {}; // what a picture names functions by; null: by none
};

// Process, thread, context and reason where it is known what guests did, of several VMs below these; else VM, vCPU,
// scenario and reason. `recording` may be null.
std::vector<AccountKey> firstFlameKeys(const Recording *recording, const ViewValues &values);
// What a flame graph by these keys is over, with that of the state's filters that are not by its keys.
AccountsOf flameAccounts(std::shared_ptr<const Recording> recording, const ViewValues &values,
    std::vector<AccountKey> keys, std::shared_ptr<const GuestSymbols> symbols);

// Of which it is laid out; made once for a tree and a measure.
struct FlameStacks {
    FlameStacks(std::shared_ptr<const CauseTree> of, Measure by);

    std::shared_ptr<const CauseTree> tree;
    Measure measure;
    StackWeights weights;
    std::int64_t weight(AccountTree::Node node) const { return weights.of(node); }
};

struct FlameFrame {
    AccountTree::Node node;
    QRectF rect;
    QString name; // whole
    QString text; // as there is room for
    QColor colour;
    bool isRest = false; // several that are too narrow to be seen, below `node`
    bool isPale = false; // something else is looked for
    bool isChosen = false; // the filters are it
};

struct FlameLayout {
    std::shared_ptr<const FlameStacks> stacks;
    QRectF area; // that frames are in
    AccountTree::Node zoomed; // that has the whole width of it
    std::vector<FlameFrame> frames; // from the top
    double found = -1; // percent of all that is in frames with what is looked for; below 0: nothing is
    QString message; // instead of frames

    const FlameFrame *at(const QPointF &pos) const; // null: none
    const FlameFrame *of(AccountTree::Node node) const; // null: it is not shown
};

FlameLayout layoutFlame(std::shared_ptr<const FlameStacks> stacks, const ViewValues &values,
    const FlameOptions &options, QSize size, const Theme &theme);
// With the stacks made; for pictures.
FlameLayout layoutFlame(const ChartInput &input, const FlameOptions &options, QSize size);

// Of a frame its names, its share and its numbers.
QString flameToolTip(const FlameLayout &layout, const FlameFrame &frame);

} // namespace exitscope
