namespace MizarLab.DataPlane;

/// <summary>How many ICMP errors a droplet has sent in this window of 1 024 ticks, a second and a bit (§10.1; bpf/icmp.h counts for each CPU).</summary>
internal sealed class IcmpErrorLimit
{
    private const int WindowShift = 10;

    private uint window;
    private int count;

    /// <summary>Takes one of this window's; false when there is none left.</summary>
    public bool TryTake(uint now, int limit)
    {
        if (now >> WindowShift != window)
        {
            window = now >> WindowShift;
            count = 0;
        }
        if (count >= limit)
        {
            return false;
        }
        count++;
        return true;
    }
}
