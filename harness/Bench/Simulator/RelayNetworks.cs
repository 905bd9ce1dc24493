using MizarLab.Fabric;

namespace MizarLab.Harness.Bench;

/// <summary>Builds what a row runs.</summary>
internal static class RelayNetworks
{
    public static RelayNetwork Build(SimulatorCase row) => row.Plane switch
    {
        RelayPlane.Bare => RelayNetwork.Bare(row.Setup),
        _ => throw new NotSupportedException($"row {row.Name}: the data plane is not built at scale yet"),
    };
}
