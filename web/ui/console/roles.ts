import type { AgentView } from '../shared/wire'

/** supervises says whether an agent sees and does what supervisors do; the server decides (MAY.md). */
export const supervises = (agent: Pick<AgentView, 'role'>): boolean => agent.role === 'supervisor' || agent.role === 'admin'

/** mayDo says whether an agent's role has a permission, by its name in MAY.md; the server decides. */
export const mayDo = (agent: Pick<AgentView, 'may'>, permission: string): boolean => agent.may?.includes(permission) ?? false
