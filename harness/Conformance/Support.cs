using System.Runtime.CompilerServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>Which tables a data plane has: it is asked for each once.</summary>
internal static class Support
{
    private static readonly ConditionalWeakTable<IDataPlane, Dictionary<ITable, bool>> Known = [];

    public static bool Has<TKey, TValue>(IDataPlane dataPlane, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        Dictionary<ITable, bool> known = Known.GetOrCreateValue(dataPlane);
        if (!known.TryGetValue(table, out bool has))
        {
            try
            {
                has = dataPlane.Knows(table);
                dataPlane.Rows(new DropletId(0), table);
            }
            catch (Exception refused) when (refused is ArgumentException or HarnessException)
            {
                has = false;
            }
            known[table] = has;
        }
        return has;
    }

    public static bool Has(IDataPlane dataPlane, ITable table) => Rows.TableShape.All[table.Name].IsIn(dataPlane);
}
