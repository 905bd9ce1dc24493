using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct policy_scope: an endpoint's direction, with a row of <see cref="Tables.PolicyEnforced"/> and the row of
/// <see cref="Tables.PolicyPorts"/> for any port in one value, for one lookup. Which of the two there are, the value says.
/// </summary>
internal sealed class PolicyScopes(BpfMap map)
{
    private const int KeyBytes = 16, ValueBytes = 40;
    private const int AnyAt = 0, EnforcedAt = PolicyLayout.BitsBytes, RowsAt = EnforcedAt + 1;
    private const byte EnforcedRow = 1, AnyRow = 2;

    /// <summary>Writes the enforcement; null: there is no row.</summary>
    /// <returns>Whether there was one.</returns>
    public bool SetEnforced(in PolicyScope scope, byte? enforced)
    {
        Span<byte> value = stackalloc byte[ValueBytes];
        Read(scope, value);
        bool had = (value[RowsAt] & EnforcedRow) != 0;
        value[EnforcedAt] = enforced ?? 0;
        Store(scope, value, EnforcedRow, enforced is not null);
        return had;
    }

    /// <summary>Writes the elements for any port; null: there is no row.</summary>
    public void SetAny(in PolicyScope scope, PolicyBits? any)
    {
        Span<byte> value = stackalloc byte[ValueBytes];
        Read(scope, value);
        PolicyLayout.WriteBits(any ?? default, value[AnyAt..]);
        Store(scope, value, AnyRow, any is not null);
    }

    public List<KeyValuePair<PolicyScope, byte>> EnforcedRows()
    {
        List<KeyValuePair<PolicyScope, byte>> rows = [];
        ForEach(EnforcedRow, (scope, value) => rows.Add(new(scope, value[EnforcedAt])));
        return rows;
    }

    public List<KeyValuePair<PolicyScope, PolicyBits>> AnyRows()
    {
        List<KeyValuePair<PolicyScope, PolicyBits>> rows = [];
        ForEach(AnyRow, (scope, value) => rows.Add(new(scope, PolicyLayout.ReadBits(value[AnyAt..]))));
        return rows;
    }

    public void Clear() => map.Clear();

    private void ForEach(byte row, RowReader read)
    {
        byte[] keys = map.Keys();
        Span<byte> value = stackalloc byte[ValueBytes];
        for (int at = 0; at < keys.Length; at += KeyBytes)
        {
            ReadOnlySpan<byte> key = keys.AsSpan(at, KeyBytes);
            if (map.TryLookup(key, value) && (value[RowsAt] & row) != 0)
            {
                read(PolicyLayout.ReadScope(key), value);
            }
        }
    }

    private void Read(in PolicyScope scope, Span<byte> value)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        WriteKey(scope, key);
        if (!map.TryLookup(key, value))
        {
            value.Clear();
        }
    }

    private void Store(in PolicyScope scope, Span<byte> value, byte row, bool there)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        WriteKey(scope, key);
        value[RowsAt] = (byte)(there ? value[RowsAt] | row : value[RowsAt] & ~row);
        if (value[RowsAt] == 0)
        {
            map.Delete(key);
        }
        else
        {
            map.Update(key, value);
        }
    }

    private static void WriteKey(in PolicyScope scope, Span<byte> key)
    {
        key.Clear();
        PolicyLayout.WriteScope(scope, key);
    }

    private delegate void RowReader(PolicyScope scope, ReadOnlySpan<byte> value);
}
