// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/program_icon.h"

#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

// Outside of the namespace, as Qt asks for.
static void loadIcons()
{
    Q_INIT_RESOURCE(icons);
}

namespace exitscope {

QIcon programIcon()
{
    loadIcons();
    QSvgRenderer renderer(QStringLiteral(":/icons/exitscope.svg"));
    QIcon icon;
    for (int size : {16, 22, 32, 48, 64, 96, 128, 256}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace exitscope
