using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// Transit's part of the jump table: a stage is a program in its slot, loaded when it is first wanted. Which one a slot was filled with is remembered here, for
/// the kernel keeps programs' numbers.
/// </summary>
internal sealed class StageCodec(BpfMap jump, BpfStages stages) : TableCodec<int, StageProgram>
{
    /// <summary>JUMP_STAGES: where transit's slot 0 is.</summary>
    private const int First = 16;

    private readonly SortedDictionary<int, StageProgram> filled = [];

    public override void Put(in int key, in StageProgram value)
    {
        Span<byte> k = stackalloc byte[sizeof(int)], v = stackalloc byte[sizeof(int)];
        Layout.Write(k, 0, First + key);
        Layout.Write(v, 0, stages.Program(value));
        jump.Update(k, v);
        filled[key] = value;
    }

    public override void Delete(in int key)
    {
        if (filled.Remove(key))
        {
            Span<byte> k = stackalloc byte[sizeof(int)];
            Layout.Write(k, 0, First + key);
            jump.Delete(k);
        }
    }

    public override IReadOnlyList<KeyValuePair<int, StageProgram>> Rows() => [.. filled];

    public override void Clear()
    {
        foreach (int slot in filled.Keys.ToArray())
        {
            Delete(slot);
        }
    }
}
