using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The transmit statistics of a droplet's agents (§3.1, tx_stats_map). Without the row nothing is counted. Upstream counts what its agents attempted
/// and nothing of what transit took over (§8.1 P24); with <see cref="Switches.CompleteStages"/> every frame counts once, by how its run ended.
/// </summary>
internal static class TransmitCounting
{
    /// <param name="frame">As it leaves; its length counts, and the class in its TOS.</param>
    public static void Count(DropletTables tables, in Frame frame, Verdict verdict)
    {
        if (!tables.HasStatistics || !tables.Statistics.IsWritten)
        {
            return;
        }
        TransmitStatistics sum = tables.Statistics.Value;
        ulong bytes = (ulong)frame.Length;
        tables.Statistics.Put(0, verdict switch
        {
            Verdict.Redirect or Verdict.Tx => sum with { RedirectBytes = sum.RedirectBytes + bytes, RedirectPackets = sum.RedirectPackets + 1 },
            Verdict.Pass => Expedited(
                sum with { PassBytes = sum.PassBytes + bytes, PassPackets = sum.PassPackets + 1 }, frame.HeadView, bytes),
            _ => sum with { DropBytes = sum.DropBytes + bytes, DropPackets = sum.DropPackets + 1 },
        });
    }

    private static TransmitStatistics Expedited(TransmitStatistics sum, ReadOnlySpan<byte> head, ulong bytes) =>
        head.Length > Wire.Outer.Ip + Wire.Ipv4.Tos && TrafficClass.IsExpedited(head[Wire.Outer.Ip + Wire.Ipv4.Tos])
            ? sum with { ExpeditedBytes = sum.ExpeditedBytes + bytes, ExpeditedPackets = sum.ExpeditedPackets + 1 }
            : sum;
}
