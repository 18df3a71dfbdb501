// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/theme.h"

#include <QGuiApplication>

#include <algorithm>
#include <array>
#include <utility>

namespace exitscope {

namespace {

struct StateLook {
    QRgb light;
    QRgb dark;
    Qt::BrushStyle pattern;
};

// In the order of VcpuState.
constexpr std::array<StateLook, kVcpuStates> kStateLooks{{
    {0xff7fb77e, 0xff5c9a5f, Qt::SolidPattern}, // Guest
    {0xffd9744a, 0xffd0693f, Qt::SolidPattern}, // Kvm
    {0xff7a5ca8, 0xff9a7fca, Qt::SolidPattern}, // Userspace
    {0xffd8b93c, 0xffe0c24a, Qt::BDiagPattern}, // Preempted
    {0xffe4e8eb, 0xff30363c, Qt::SolidPattern}, // Idle
    {0xff7f9db5, 0xff5f7f99, Qt::FDiagPattern}, // Blocked
    {0xffb4b4b4, 0xff5a5a5a, Qt::DiagCrossPattern}, // Unknown
}};

struct ClassLook {
    QLatin1String name;
    QRgb color;
};

constexpr std::array<ClassLook, 11> kClassLooks{{
    {QLatin1String("cpu-instruction"), 0xff2f6db5},
    {QLatin1String("io"), 0xffe08b2a},
    {QLatin1String("timer-msr"), 0xff2f9d8a},
    {QLatin1String("halt"), 0xffb5446e},
    {QLatin1String("interrupt"), 0xff8063d8},
    {QLatin1String("mmio-page-fault"), 0xffc8452c},
    {QLatin1String("hypercall"), 0xffd48ac0},
    {QLatin1String("control-register"), 0xff8f9a2e},
    {QLatin1String("exception"), 0xff8a1f4f},
    {QLatin1String("nested"), 0xff3fa7d6},
    {QLatin1String("other"), 0xff7d7d7d},
}};

// Shades of one class, as factors of lightness; which one a reason gets depends on its code alone. Lighter ones would
// lose their hue and be hardly seen on white.
constexpr std::array kShades{100, 118, 80, 110, 90};

QColor pick(bool dark, QRgb light, QRgb darkColor)
{
    return QColor::fromRgba(dark ? darkColor : light);
}

} // namespace

Theme Theme::light()
{
    return Theme(false);
}

Theme Theme::dark()
{
    return Theme(true);
}

QColor Theme::window() const
{
    return pick(m_dark, 0xfff3f5f7, 0xff202326);
}

QColor Theme::base() const
{
    return pick(m_dark, 0xffffffff, 0xff17191b);
}

QColor Theme::text() const
{
    return pick(m_dark, 0xff1b1e20, 0xffeceff1);
}

QColor Theme::mutedText() const
{
    return pick(m_dark, 0xff5b6166, 0xffa9b0b6);
}

QColor Theme::grid() const
{
    return pick(m_dark, 0xffdfe3e6, 0xff34393e);
}

QColor Theme::accent() const
{
    return pick(m_dark, 0xff1f6fc9, 0xff58a6ff);
}

QColor Theme::selectionFill() const
{
    return pick(m_dark, 0x2e1f6fc9, 0x3c58a6ff);
}

QColor Theme::warning() const
{
    return pick(m_dark, 0xffb26a00, 0xfff0b429);
}

QColor Theme::error() const
{
    return pick(m_dark, 0xffb3261e, 0xffff7b72);
}

QColor Theme::state(VcpuState state) const
{
    const StateLook &look = kStateLooks[static_cast<std::size_t>(state)];
    return pick(m_dark, look.light, look.dark);
}

QBrush Theme::stateBrush(VcpuState vcpuState) const
{
    return {state(vcpuState), kStateLooks[static_cast<std::size_t>(vcpuState)].pattern};
}

QColor Theme::reason(const ExitReason &reason) const
{
    const auto look = std::ranges::find_if(kClassLooks, [&](const ClassLook &l) { return l.name == reason.className; });
    const QColor color = QColor::fromRgb((look == kClassLooks.end() ? kClassLooks.back() : *look).color);
    const auto code = static_cast<std::uint64_t>(reason.key.code) + std::uint64_t(reason.key.isa) * 7;
    const QColor shade = color.lighter(kShades[code % kShades.size()]);
    return m_dark ? shade.lighter(118) : shade;
}

QColor Theme::pcpu(std::int32_t pcpu) const
{
    constexpr int kGoldenAngle = 137; // spreads any number of hues evenly
    return QColor::fromHsl((pcpu * kGoldenAngle + 200) % 360, m_dark ? 70 : 90, m_dark ? 90 : 200);
}

QColor Theme::guestThread(std::int32_t tid) const
{
    return tid == 0 ? grid() : pcpu(tid);
}

QColor Theme::guestState(GuestThreadState state) const
{
    if (state == GuestThreadState::Waiting)
        return pick(m_dark, 0xffe58fb0, 0xffa14a72);
    return state == GuestThreadState::Sleeping ? pick(m_dark, 0xfff0f2f4, 0xff24282c) : base();
}

// The nearer to the program's own code, the paler on light ground.
QColor Theme::context(GuestMode mode) const
{
    switch (mode) {
    case GuestMode::Unknown:
        return state(VcpuState::Unknown);
    case GuestMode::Idle:
        return grid();
    case GuestMode::User:
        return pick(m_dark, 0xffbfe3ba, 0xff3f6b45);
    case GuestMode::Kernel:
        return pick(m_dark, 0xffc3b5e2, 0xff5d4d85);
    case GuestMode::Syscall:
        return pick(m_dark, 0xff8fbdea, 0xff2f5f93);
    case GuestMode::Softirq:
        return pick(m_dark, 0xfff2b861, 0xff8a5a1e);
    case GuestMode::Interrupt:
        return pick(m_dark, 0xffe27d74, 0xff93393f);
    }
    return grid();
}

QColor Theme::vm(std::size_t vm, bool isThread) const
{
    constexpr int kGoldenAngle = 137; // spreads any number of hues evenly
    constexpr int kFirst = 213; // the blue that own vCPUs have among takers
    const int hue = (int(vm % 360) * kGoldenAngle + kFirst + (isThread ? 180 : 0)) % 360;
    return QColor::fromHsl(hue, 150, isThread ? (m_dark ? 150 : 140) : (m_dark ? 160 : 115));
}

QColor Theme::taker(TakerKind kind) const
{
    static constexpr std::array<std::pair<QRgb, QRgb>, kTakerKinds> kLooks{{
        {0xff2f6db5, 0xff5a97dc}, // OwnVcpu
        {0xff8063d8, 0xffa48cf0}, // OtherVcpu
        {0xffe08b2a, 0xffeaa14c}, // OwnThread
        {0xff2f9d8a, 0xff4cbba8}, // OtherThread
        {0xffb5446e, 0xffd8688f}, // Host
        {0xffd3d9de, 0xff424a51}, // Free
        {0xff8b8f93, 0xff767b80}, // Unknown
    }};
    const auto &[light, darkColor] = kLooks[static_cast<std::size_t>(kind)];
    return pick(m_dark, light, darkColor);
}

// Of the scale viridis: as light as it is much on dark ground, as dark on light.
QColor Theme::heat(double share) const
{
    static constexpr std::array<QRgb, 9> kStops{
        0xff472d7b, 0xff3b528b, 0xff2c728e, 0xff21918c, 0xff28ae80, 0xff5ec962, 0xffaddc30, 0xffd8e219, 0xfffde725};
    const std::size_t lost = m_dark ? 1 : 2; // stops that are hardly seen on the ground
    const double reach = double(kStops.size() - 1 - lost);
    const double part = std::clamp(share, 0.0, 1.0) * reach;
    const double at = m_dark ? double(lost) + part : reach - part;
    const auto below = std::min(std::size_t(at), kStops.size() - 2);
    const QColor a = QColor::fromRgb(kStops[below]);
    const QColor b = QColor::fromRgb(kStops[below + 1]);
    const auto mix = [&](int from, int to) { return from + int((to - from) * (at - double(below))); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

QColor Theme::otherReasons() const
{
    return pick(m_dark, 0xffa7adb2, 0xff6b7278);
}

QColor Theme::textOn(const QColor &background)
{
    const double luminance = 0.299 * background.redF() + 0.587 * background.greenF() + 0.114 * background.blueF();
    return luminance > 0.55 ? QColor(0x10, 0x12, 0x14) : QColor(Qt::white);
}

QFont Theme::font(double points) const
{
    QFont font = QGuiApplication::font();
    font.setPointSizeF(points);
    return font;
}

} // namespace exitscope
