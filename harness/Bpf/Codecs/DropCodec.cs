using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// The counters of bpf/drops.h, an element a reason and in it one count a CPU: a row is their sum, and none while that is 0. Emptied together with it is
/// what an ICMP error of this window has used up (bpf/icmp.h), which is no table of anybody's.
/// </summary>
internal sealed class DropCodec(BpfMap drops, BpfMap errorLimit) : TableCodec<int, ulong>
{
    private readonly int cpus = LibBpf.PossibleCpus();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Always: programs count, others read and delete.</exception>
    public override void Put(in int key, in ulong value) =>
        throw new InvalidOperationException("drops are counted by the programs; a row can only be deleted");

    public override void Delete(in int key)
    {
        if ((uint)key < drops.Entries)
        {
            drops.UpdateEach(key, new byte[drops.ValueBytes * cpus]);
        }
    }

    public override IReadOnlyList<KeyValuePair<int, ulong>> Rows()
    {
        List<KeyValuePair<int, ulong>> rows = [];
        byte[] counts = new byte[drops.ValueBytes * cpus];
        for (int reason = 0; reason < drops.Entries; reason++)
        {
            drops.LookupEach(reason, counts);
            ulong sum = 0;
            foreach (ulong count in MemoryMarshal.Cast<byte, ulong>(counts))
            {
                sum += count;
            }
            if (sum != 0)
            {
                rows.Add(new KeyValuePair<int, ulong>(reason, sum));
            }
        }
        return rows;
    }

    public override void Clear()
    {
        // Reading is cheap beside writing, and most are zero.
        foreach (KeyValuePair<int, ulong> row in Rows())
        {
            Delete(row.Key);
        }
        errorLimit.UpdateEach(0, new byte[errorLimit.ValueBytes * cpus]);
    }
}
