using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// Transit's part of the PROG_ARRAY <c>jump</c>. What a slot holds is remembered here: the kernel gives no program back. A write takes effect between two
/// frames.
/// </summary>
internal sealed class StageCodec(BpfMap map, StagePrograms programs, InterfaceRow row) : TableCodec<int, StageProgram>
{
    /// <summary>JUMP_STAGES of bpf/tables.h.</summary>
    private const int FirstSlot = 16;

    private readonly SortedDictionary<int, StageProgram> loaded = [];

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">No such slot.</exception>
    public override void Put(in int key, in StageProgram value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)key, (uint)StageSlot.Aborted, "slot");
        if (value != StageProgram.Function && loaded.TryGetValue(key, out StageProgram there) && there == value)
        {
            return; // the kernel rewrites the programs' jumps and waits for all CPUs: milliseconds
        }
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[sizeof(int)];
        Layout.Write(k, 0, FirstSlot + key);
        Layout.Write(v, 0, programs.Of(key, value));
        map.Update(k, v);
        loaded[key] = value;
        row.HasStages(true);
    }

    public override void Delete(in int key)
    {
        if (loaded.Remove(key))
        {
            Span<byte> k = stackalloc byte[sizeof(int)];
            Layout.Write(k, 0, FirstSlot + key);
            map.Delete(k);
            row.HasStages(loaded.Count > 0);
        }
    }

    public override IReadOnlyList<KeyValuePair<int, StageProgram>> Rows() => [.. loaded];

    public override void Clear()
    {
        foreach (int slot in loaded.Keys.ToArray())
        {
            Delete(slot);
        }
    }
}
