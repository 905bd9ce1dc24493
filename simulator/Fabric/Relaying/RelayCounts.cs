using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>What one droplet of the relay workload counts: sent, arrived, how long that took, and a digest of arrivals.</summary>
internal struct RelayCounts
{
    public long Sent;
    public long Arrived;
    public SimTime Latency;
    public NodeDigest Digest;

    /// <summary>A packet is at its destination.</summary>
    public void Arrive(SimTime now, in Waybill waybill)
    {
        Arrived++;
        Latency += now - waybill.Born;
        Digest.Add(now.Picoseconds);
        Digest.Add(((long)waybill.Source << 32) | (uint)waybill.Sequence);
    }
}
