using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>isolation: { tenants: 4 }</c>.</summary>
internal static class IsolationKeys
{
    private const int MostTenants = 60, MostPackets = 1_000;

    private static readonly Key<int> Tenants = Key.Needs("tenants", new IntegerShape("a number of tenants", 1, MostTenants), "VPCs with the same addresses on the same droplets.");
    private static readonly Key<int> Packets = Key.Has("packets", new IntegerShape("a number of packets", 1, MostPackets), 20, "Of each tenant to its peer, and as many to its service.");

    private static readonly Key<int> Vnis = Key.Has("vnis", new IntegerShape("a number of VNIs", 1, MostTenants), MostTenants, "VNIs the tenants share in turn; one for each, as it must be, when there are as many.");

    public static readonly StudyKind Kind = new(
        new RecordShape("isolation", "Tenants with the same addresses on the same droplets, and who gets whose packets.", Tenants, Packets, Vnis),
        (fields, context) => new IsolationStudy(fields.Get(Tenants), fields.Get(Packets), fields.Get(Vnis), context.Settings));
}
