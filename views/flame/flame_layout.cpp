// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/flame/flame_layout.h"

#include <QFontMetricsF>

#include <algorithm>
#include <utility>

#include "model/number_format.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

constexpr double kLeastWidth = 1.5; // px of a frame of its own
constexpr double kLeastText = 20; // px
constexpr double kTextMargin = 3; // px
constexpr double kMargin = 3; // px around all frames
constexpr double kMostRow = 24; // px

QString weightText(std::int64_t weight, Measure measure)
{
    return measure == Measure::Count ? QString(formatCount(weight) % QStringLiteral(" exits")) : formatDuration(weight);
}

QString measureName(Measure measure)
{
    return measure == Measure::Count ? QStringLiteral("exits")
        : measure == Measure::Gross  ? QStringLiteral("gross time")
                                     : QStringLiteral("net time");
}

// The same text has the same colour everywhere; 0 is left to what rests.
std::int32_t hueOf(const QString &text)
{
    std::uint32_t hash = 2166136261U; // FNV-1a: that of Qt differs from run to run
    for (const QChar c : text)
        hash = (hash ^ c.unicode()) * 16777619U;
    return std::int32_t(hash % 1000) + 1;
}

QColor mixed(const QColor &colour, const QColor &ground, double share)
{
    const auto mix = [&](float a, float b) { return float(a * share + b * (1 - share)); };
    return QColor::fromRgbF(
        mix(colour.redF(), ground.redF()), mix(colour.greenF(), ground.greenF()), mix(colour.blueF(), ground.blueF()));
}

class FlameBuilder {
public:
    FlameBuilder(FlameLayout &layout, const ViewValues &values, const FlameOptions &options, const Theme &theme)
        : m_layout(layout), m_tree(layout.stacks->tree->accounts), m_context(layout.stacks->tree->of.context()),
          m_values(values), m_search(options.search.trimmed()), m_theme(theme), m_metrics(theme.font()),
          m_row(std::min(kMostRow, layout.area.height() / double(m_tree.keys().size() + 1)))
    {
        const std::vector<AccountTree::Node> path = zoomPath(options.zoom);
        const Span whole{layout.area.left(), layout.area.right()};
        m_layout.zoomed = path.back();
        for (const AccountTree::Node node : path)
            if (node != path.back())
                addFrame(node, whole);
        addBelow(path.back(), whole);
        if (!m_search.isEmpty())
            m_layout.found = 100.0 * double(foundBelow({})) / double(weight({}));
    }

private:
    struct Span {
        double left, right;
    };

    std::int64_t weight(AccountTree::Node node) const { return m_layout.stacks->weight(node); }
    double top(std::uint32_t level) const { return m_layout.area.top() + level * m_row; }

    QString nameOf(AccountTree::Node node) const
    {
        if (node.level == 0)
            return QStringLiteral("all: ") % weightText(weight(node), m_layout.stacks->measure);
        return visibleText(info(m_tree.keys()[node.level - 1]).text(m_context, m_tree.value(node)));
    }

    bool matches(AccountTree::Node node) const
    {
        return node.level > 0 && nameOf(node).contains(m_search, Qt::CaseInsensitive);
    }

    // From the root to what is zoomed to, as far as that is there.
    std::vector<AccountTree::Node> zoomPath(const std::vector<KeyValue> &zoom) const
    {
        std::vector<AccountTree::Node> path{{}};
        for (const KeyValue value : zoom) {
            const AccountTree::Node above = path.back();
            const std::span<const std::uint32_t> children = m_tree.children(above);
            const auto child = std::ranges::find_if(children, [&](std::uint32_t number) {
                const AccountTree::Node node{above.level + 1, number};
                return m_tree.value(node) == value && weight(node) > 0;
            });
            if (child == children.end())
                break;
            path.push_back({above.level + 1, *child});
        }
        return path;
    }

    // The topmost ones: what is below is in them.
    std::int64_t foundBelow(AccountTree::Node node) const
    {
        std::int64_t sum = 0;
        for (const std::uint32_t number : m_tree.children(node)) {
            const AccountTree::Node child{node.level + 1, number};
            sum += matches(child) ? weight(child) : foundBelow(child);
        }
        return sum;
    }

    QColor colourOf(AccountTree::Node node, const QString &name) const
    {
        if (node.level == 0 || name == QLatin1String("unknown"))
            return m_theme.grid();
        switch (const AccountKey key = m_tree.keys()[node.level - 1]; key) {
        case AccountKey::Reason:
            return m_theme.reason(m_context.recording.reasons[m_tree.value(node).value]);
        case AccountKey::Thread:
        case AccountKey::Process:
            return m_theme.guestThread(name.startsWith(QLatin1String("swapper")) ? 0 : hueOf(name));
        case AccountKey::Context: // of one kind alike: "syscall", "softirq", "user"
            return m_theme.pcpu(hueOf(name.section(u':', 0, 0)));
        default:
            return m_theme.pcpu(hueOf(name));
        }
    }

    void addFrame(AccountTree::Node node, Span span)
    {
        FlameFrame frame;
        frame.node = node;
        frame.rect = QRectF(span.left, top(node.level), span.right - span.left, m_row);
        frame.name = nameOf(node);
        if (frame.rect.width() >= kLeastText && m_row >= m_metrics.ascent())
            frame.text = m_metrics.elidedText(frame.name, Qt::ElideRight, frame.rect.width() - 2 * kTextMargin);
        frame.colour = colourOf(node, frame.name);
        if (!m_search.isEmpty() && !matches(node)) {
            frame.isPale = true;
            frame.colour = mixed(frame.colour, m_theme.window(), 0.25);
        }
        if (node.level > 0) {
            const ExitFilters own = filtersOf(m_context, m_tree.keys(), m_tree.path(node));
            frame.isChosen = isChosen(m_values, own, m_layout.stacks->tree->sets);
        }
        m_layout.frames.push_back(std::move(frame));
    }

    void addRest(AccountTree::Node parent, Span span)
    {
        FlameFrame frame;
        frame.node = parent;
        frame.rect = QRectF(span.left, top(parent.level + 1), span.right - span.left, m_row);
        frame.colour = m_theme.grid();
        frame.isRest = true;
        m_layout.frames.push_back(std::move(frame));
    }

    // The widest first; what is too narrow is one frame at the end.
    void addBelow(AccountTree::Node node, Span span)
    {
        addFrame(node, span);
        const std::int64_t all = weight(node);
        std::vector<AccountTree::Node> wide;
        for (const std::uint32_t number : m_tree.children(node))
            if (const AccountTree::Node child{node.level + 1, number};
                double(weight(child)) * (span.right - span.left) >= kLeastWidth * double(all) && weight(child) > 0)
                wide.push_back(child);
        std::ranges::stable_sort(wide, std::greater(), [this](AccountTree::Node child) { return weight(child); });
        std::int64_t before = 0;
        const auto placed = [&](std::int64_t at) {
            return span.left + (span.right - span.left) * (double(at) / double(std::max<std::int64_t>(1, all)));
        };
        for (const AccountTree::Node child : wide) {
            const std::int64_t after = before + weight(child);
            addBelow(child, {placed(before), placed(after)});
            before = after;
        }
        if (!m_tree.isLeaf(node) && before < all)
            addRest(node, {placed(before), span.right});
    }

    FlameLayout &m_layout;
    const AccountTree &m_tree;
    KeyContext m_context;
    const ViewValues &m_values;
    QString m_search;
    const Theme &m_theme;
    QFontMetricsF m_metrics;
    double m_row;
};

// The values from the top to a node, and its weight in shares.
QString shareText(const FlameLayout &layout, AccountTree::Node node)
{
    const std::int64_t own = layout.stacks->weight(node);
    const std::int64_t all = layout.stacks->weight({});
    QString text = formatShare(own, all) % QStringLiteral(" of the ") % measureName(layout.stacks->measure);
    if (layout.zoomed.level > 0 && layout.zoomed.level < node.level)
        text += QStringLiteral(", ") % formatShare(own, layout.stacks->weight(layout.zoomed))
            % QStringLiteral(" of what is zoomed to");
    return text;
}

} // namespace

std::vector<AccountKey> firstFlameKeys(const Recording *recording, const ViewValues &values)
{
    if (!values.guests)
        return {AccountKey::Vm, AccountKey::Vcpu, AccountKey::Scenario, AccountKey::Reason};
    std::vector<AccountKey> keys{AccountKey::Process, AccountKey::Thread, AccountKey::Context, AccountKey::Reason};
    if (recording && vmsOf(*recording).size() > 1)
        keys.insert(keys.begin(), AccountKey::Vm); // what two guests call the same is not one
    return keys;
}

AccountsOf flameAccounts(std::shared_ptr<const Recording> recording, const ViewValues &values,
    std::vector<AccountKey> keys, std::shared_ptr<const GuestSymbols> symbols)
{
    AccountsOf of{std::move(recording), values.selection(), std::move(keys), std::move(symbols)};
    if (of.isByGuests())
        of.selection.guests = values.guests;
    return of;
}

FlameStacks::FlameStacks(std::shared_ptr<const CauseTree> of, Measure by)
    : tree(std::move(of)), measure(by), weights(tree->accounts, by)
{
}

const FlameFrame *FlameLayout::at(const QPointF &pos) const
{
    const auto frame = std::ranges::find_if(frames, [&](const FlameFrame &one) { return one.rect.contains(pos); });
    return frame == frames.end() ? nullptr : &*frame;
}

const FlameFrame *FlameLayout::of(AccountTree::Node node) const
{
    const auto frame
        = std::ranges::find_if(frames, [&](const FlameFrame &one) { return !one.isRest && one.node == node; });
    return frame == frames.end() ? nullptr : &*frame;
}

FlameLayout layoutFlame(std::shared_ptr<const FlameStacks> stacks, const ViewValues &values,
    const FlameOptions &options, QSize size, const Theme &theme)
{
    FlameLayout layout;
    layout.stacks = std::move(stacks);
    layout.area = QRectF(QPointF(), size).adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (layout.stacks->tree->accounts.sums({}).count == 0)
        layout.message = QStringLiteral("No exit is left of what is selected");
    else if (layout.stacks->weight({}) == 0)
        layout.message
            = QStringLiteral("No %1 is known of the exits that are left").arg(measureName(layout.stacks->measure));
    else
        FlameBuilder(layout, values, options, theme);
    return layout;
}

FlameLayout layoutFlame(const ChartInput &input, const FlameOptions &options, QSize size)
{
    AccountsOf of = flameAccounts(input.recording, input.values,
        options.keys.empty() ? firstFlameKeys(input.recording.get(), input.values) : options.keys, options.symbols);
    const FilterSetMask sets = setsOf(of.context(), of.keys);
    clearSets(of.selection, sets);
    AccountTree accounts(accountsOf(*of.recording, of.selection, of.keys, nullptr, of.symbols.get()));
    auto tree = std::make_shared<const CauseTree>(CauseTree{std::move(of), sets, std::move(accounts)});
    return layoutFlame(std::make_shared<const FlameStacks>(std::move(tree), input.values.measure), input.values,
        options, size, input.theme);
}

QString flameToolTip(const FlameLayout &layout, const FlameFrame &frame)
{
    const CauseTree &tree = *layout.stacks->tree;
    const KeyContext context = tree.of.context();
    QStringList lines;
    const std::vector<KeyValue> path = tree.accounts.path(frame.node);
    for (std::size_t i = 0; i < path.size(); ++i)
        lines << QString(QString::fromLatin1(info(tree.of.keys[i]).title) % QStringLiteral(": ")
            % visibleText(info(tree.of.keys[i]).text(context, path[i])));
    if (frame.isRest)
        return (lines << QStringLiteral("Several that are too narrow to be seen: zoom in")).join(u'\n');
    const GroupSum &sums = tree.accounts.sums(frame.node);
    const auto net = sums.knownNet();
    lines << shareText(layout, frame.node)
          << QStringLiteral("%1 exits, gross %2, net %3")
                 .arg(formatCount(sums.count), formatDuration(sums.parts.gross()),
                     net ? formatDuration(*net) : QStringLiteral("not known"));
    return lines.join(u'\n');
}

} // namespace exitscope
