// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reference/target_names.h"

#include <algorithm>
#include <array>
#include <map>

#include "model/reference/tables.h"

namespace exitscope {

namespace {

struct KindRow {
    std::string_view name; // as people type it
    const char *before; // the value, in a text for people
    int base;
};

// By TargetKind.
constexpr std::array<KindRow, kTargetKinds> kKinds{{{"none", "", 16}, {"port", "port ", 16}, {"msr", "MSR ", 16},
    {"page", "page ", 16}, {"cpuid", "CPUID ", 16}, {"hypercall", "KVM hypercall ", 16},
    {"hyperv-hypercall", "Hyper-V hypercall ", 16}, {"xen-hypercall", "Xen hypercall ", 16}, {"apic", "APIC ", 16},
    {"vector", "vector ", 16}, {"cr", "CR", 10}, {"dr", "DR", 10}}};

constexpr std::array<std::string_view, kPageTouches> kTouches{"none", "first", "repeated", "device"};

const KindRow &row(TargetKind kind)
{
    return kKinds[static_cast<std::size_t>(kind)];
}

struct Named {
    std::uint64_t last; // of the values that are called so
    QString name;
};

// By kind and first value.
using Names = std::map<std::pair<TargetKind, std::uint64_t>, Named>;

Names loadNames()
{
    enum Column { Kind, First, Last, Name };
    Names names;
    for (const QStringList &of : tableRows(QStringLiteral("target-names.csv"))) {
        const std::optional<TargetKind> kind = targetKindNamed(of.at(Kind));
        if (!kind)
            qFatal("target-names.csv has a kind %s", qPrintable(of.at(Kind)));
        names[{*kind, of.at(First).toULongLong(nullptr, 0)}] = {of.at(Last).toULongLong(nullptr, 0), of.at(Name)};
    }
    return names;
}

} // namespace

std::string_view name(TargetKind kind)
{
    return row(kind).name;
}

std::string_view name(PageTouch touch)
{
    return kTouches[static_cast<std::size_t>(touch)];
}

std::optional<TargetKind> targetKindNamed(const QString &text)
{
    const auto found
        = std::ranges::find_if(kKinds, [&](const KindRow &known) { return text == QString::fromUtf8(known.name); });
    return found == kKinds.end() ? std::nullopt : std::optional(static_cast<TargetKind>(found - kKinds.begin()));
}

QStringList targetKindNames()
{
    QStringList names;
    for (std::size_t i = 1; i < kKinds.size(); ++i)
        names << QString::fromUtf8(kKinds[i].name);
    return names;
}

QString valueText(Target target)
{
    const int base = row(target.kind()).base;
    const QString value = QString::number(target.value(), base);
    return base == 16 ? QString(QStringLiteral("0x") % value) : value;
}

QString codeText(Target target)
{
    const QString kind = QString::fromUtf8(name(target.kind()));
    return target.isKnown() ? QString(kind % QLatin1Char(':') % valueText(target)) : kind;
}

std::optional<Target> targetOfCode(const QString &text)
{
    if (text == QString::fromUtf8(name(TargetKind::None)))
        return Target{};
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    const std::optional<TargetKind> kind = targetKindNamed(text.first(std::max<qsizetype>(colon, 0)));
    const QString digits = text.mid(colon + 1);
    const bool isHex = digits.startsWith(QStringLiteral("0x"), Qt::CaseInsensitive);
    bool ok = false;
    const std::uint64_t value = isHex ? digits.mid(2).toULongLong(&ok, 16) : digits.toULongLong(&ok);
    const Target target = kind && ok ? Target::of(*kind, value) : Target{};
    return target.isKnown() ? std::optional(target) : std::nullopt;
}

QString targetName(Target target)
{
    static const Names names = loadNames();
    auto next = names.upper_bound({target.kind(), target.value()});
    if (next == names.begin())
        return {};
    const auto &[key, named] = *--next;
    return key.first == target.kind() && target.value() <= named.last ? named.name : QString();
}

QString targetText(Target target)
{
    if (!target.isKnown())
        return QString::fromUtf8(name(TargetKind::None));
    const QString text = QString::fromLatin1(row(target.kind()).before) % valueText(target);
    const QString called = targetName(target);
    return called.isEmpty() ? text : QString(text % QStringLiteral(" (") % called % QLatin1Char(')'));
}

} // namespace exitscope
